import { useComputedColorScheme } from '@mantine/core';

/** The scheme on screen now; what draws on a canvas reads its colours again when it changes. */
export function useScheme(): 'light' | 'dark' {
  return useComputedColorScheme('light', { getInitialValueInEffect: false });
}
