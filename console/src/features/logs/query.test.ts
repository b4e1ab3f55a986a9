import { describe, expect, test } from 'vitest';
import { markable, narrow, pieces, term } from './query';

describe('terms', () => {
  test.each([
    ['service.name', 'shop', 'service.name:shop'],
    ['msg', 'two words', 'msg:"two words"'],
    ['msg', 'say "hi"', 'msg:"say \\"hi\\""'],
    ['path', '/api/v1', 'path:/api/v1'],
    ['op', 'AND', 'op:"AND"'],
    ['time', '10:30', 'time:"10:30"'],
    ['url', '//host/path', 'url:"//host/path"'],
    ['my key', 'x', '"my key":x'],
  ])('%s is %s', (field, value, written) => {
    expect(term(field, value)).toBe(written);
  });
});

describe('narrowing', () => {
  test.each([
    ['nothing before', '', 'a:1', 'a:1'],
    ['words before', 'lost order', 'a:1', 'lost order a:1'],
    ['an alternative before', 'lost OR late', 'a:1', '(lost OR late) a:1'],
    ['already there', 'lost a:1', 'a:1', 'lost a:1'],
    ['a phrase already there', 'lost a:"x y"', 'a:"x y"', 'lost a:"x y"'],
  ])('%s', (_situation, query, added, expected) => {
    expect(narrow(query, added)).toBe(expected);
  });
});

describe('what is marked in a body', () => {
  test.each([
    ['words', 'Lost order', ['lost', 'order']],
    ['a phrase', '"out of memory" AND java', ['out of memory', 'java']],
    ['a prefix', 'conn*', ['conn']],
    ['fields are not', 'severity:ERROR timeout', ['timeout']],
    ['denied words are not', 'timeout NOT retry', ['timeout']],
    ['parentheses are not', '(a OR b)', ['a', 'b']],
    ['nothing', '', []],
  ])('%s', (_situation, query, words) => {
    expect(markable(query)).toEqual(words);
  });

  test('pieces add up to the body', () => {
    expect(pieces('Order lost: order 7', ['order', '7'])).toEqual([
      { text: 'Order', marked: true },
      { text: ' lost: ', marked: false },
      { text: 'order', marked: true },
      { text: ' ', marked: false },
      { text: '7', marked: true },
    ]);
  });

  test('a word of signs is taken literally', () => {
    expect(pieces('a.c abc', ['a.c'])).toEqual([
      { text: 'a.c', marked: true },
      { text: ' abc', marked: false },
    ]);
  });
});
