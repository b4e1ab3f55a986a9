/** The part of a view's state that a person would share lives in the URL's query. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

/** The query as it is written: names to one or more texts. Each view reads its own names. */
export type RawSearch = Record<string, string | string[] | undefined>;

export function parseRawSearch(text: string): RawSearch {
  const raw: RawSearch = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = raw[name];
    raw[name] =
      before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return raw;
}

export function writeRawSearch(raw: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string' && one !== '') params.append(name, one);
    }
  }
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
  return text && `?${text}`;
}

/** The first value of `name`, or undefined. */
export function one(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  return Array.isArray(value) ? value[0] : value;
}

export function many(raw: RawSearch, name: string): readonly string[] {
  const value = raw[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export type PatchSearch = (patch: RawSearch, how?: { replace?: boolean }) => void;

/** The decoded query and how to change some of its names; `decode` must be a constant function. */
export function useUrlState<T>(decode: (raw: RawSearch) => T): [T, PatchSearch] {
  const raw: RawSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const patch = useCallback<PatchSearch>(
    (changes, how) => {
      void navigate({
        to: '.',
        search: (before: RawSearch) => ({ ...before, ...changes }),
        replace: how?.replace ?? false,
      });
    },
    [navigate],
  );
  return [useMemo(() => decode(raw), [decode, raw]), patch];
}
