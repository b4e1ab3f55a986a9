/** The log query language as far as the console writes it: adding and removing terms. Pure. */

/** Safe without quotes: no sign of the language, and not the `//` that makes a URL of a field. */
const BARE = /^(?!\/\/)[A-Za-z0-9_.@/-]+$/;
const KEY = /^[A-Za-z_./-][A-Za-z0-9_./-]*$/;

/** A value as a term of the language: bare where that is safe, else a phrase. */
export function quote(value: string): string {
  if (BARE.test(value) && !['AND', 'OR', 'NOT'].includes(value)) return value;
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

export function term(field: string, value: string): string {
  return `${KEY.test(field) ? field : `"${field.replace(/([\\"])/g, '\\$1')}"`}:${quote(value)}`;
}

/** The query that also asks for `added`; an OR at its top level is put in parentheses first. */
export function narrow(query: string, added: string): string {
  const before = query.trim();
  if (before === '') return added;
  if (before.split(/\s+/).includes(added) || before.endsWith(added)) return before;
  const safe = /\bOR\b/.test(before) && !(before.startsWith('(') && before.endsWith(')'));
  return `${safe ? `(${before})` : before} ${added}`;
}

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** The words and phrases of a query that a body can contain, lower-case; fields and NOT are left out. */
export function markable(query: string): string[] {
  const found: string[] = [];
  const pattern = /(NOT\s+|-)?(?:([\w.@/-]+):)?(?:"((?:[^"\\]|\\.)*)"|([^\s()":]+))/g;
  for (const [, not, field, phrase, word] of query.matchAll(pattern)) {
    if (not !== undefined || field !== undefined) continue;
    const text = phrase ?? word?.replace(/\*$/, '') ?? '';
    if (text !== '' && !(phrase === undefined && ['AND', 'OR', 'NOT'].includes(text))) {
      found.push(text.toLowerCase());
    }
  }
  return found;
}

/** Cuts `body` where `words` (lower-case) occur in it, longest first. */
export function pieces(body: string, words: readonly string[]): Piece[] {
  if (words.length === 0) return [{ text: body, marked: false }];
  const sorted = [...words].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    sorted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
    'gi',
  );
  const cut: Piece[] = [];
  let at = 0;
  for (const match of body.matchAll(pattern)) {
    if (match.index > at) cut.push({ text: body.slice(at, match.index), marked: false });
    cut.push({ text: match[0], marked: true });
    at = match.index + match[0].length;
  }
  if (at < body.length || cut.length === 0) cut.push({ text: body.slice(at), marked: false });
  return cut;
}
