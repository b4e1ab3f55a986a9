import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';

const iris: MantineColorsTuple = [
  '#eef0fc',
  '#dadef7',
  '#b3bbee',
  '#97a2fa',
  '#6f7ce0',
  '#5563d2',
  '#4250c0',
  '#3946ab',
  '#303b92',
  '#262f78',
];

/** Mantine's greys for the dark scheme, in the hue of our tokens. */
const dark: MantineColorsTuple = [
  '#e3e7ee',
  '#c3cad6',
  '#9aa5b8',
  '#6f7b91',
  '#3a4457',
  '#262e3c',
  '#1a202b',
  '#151a23',
  '#10151d',
  '#0b0f15',
];

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 5 },
  colors: { iris, dark },
  defaultRadius: 'sm',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: 'var(--mono)',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Mantine's own variables speak our tokens, so that both schemes are decided in one file. */
export const mantineVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
  };
  return { variables: {}, light: shared, dark: shared };
};

const ITEM = 'aom.scheme';

/** Keeps the chosen scheme where public/theme.js reads it before the first paint. */
export function schemeManager(): MantineColorSchemeManager {
  // The scheme is no secret and outlives the tab, unlike the key.
  // eslint-disable-next-line no-restricted-globals
  const storage = localStorage;
  return {
    get: (fallback) => {
      const stored = storage.getItem(ITEM);
      return stored === 'light' || stored === 'dark' || stored === 'auto' ? stored : fallback;
    },
    set: (value) => storage.setItem(ITEM, value),
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    clear: () => storage.removeItem(ITEM),
  };
}
