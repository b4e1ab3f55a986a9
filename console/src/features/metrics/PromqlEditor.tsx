import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import {
  defaultKeymap,
  history,
  historyKeymap,
  insertNewlineAndIndent,
} from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useEffect, useRef } from 'react';
import { fetchWithKey } from '../../api/http';
import { PROMETHEUS_PATH } from '../../api/prometheus';

/** A colour made for lines, mixed with that of the text so that words can be read in it. */
const readable = (color: string) => `color-mix(in srgb, var(${color}) 65%, var(--text))`;

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: readable('--series-3') },
  { tag: [tags.function(tags.variableName)], color: 'var(--accent)' },
  { tag: tags.labelName, color: readable('--series-4') },
  { tag: tags.string, color: readable('--series-2') },
  { tag: tags.number, color: readable('--series-1') },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

const look = EditorView.theme({
  '&': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    fontSize: '13px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', maxHeight: '200px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '6px 0' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '280px' },
  '.cm-tooltip-autocomplete ul li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { color: 'var(--muted)', marginLeft: '10px' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px', maxWidth: '360px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
});

/** A PromQL field with completion of metrics, labels and values, and marks on what does not parse. */
export default function PromqlEditor({
  value,
  label,
  onChange,
  onRun,
}: {
  value: string;
  label: string;
  onChange: (text: string) => void;
  onRun: () => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const initial = useRef(value);
  const handlers = useRef({ onChange, onRun });

  useEffect(() => {
    handlers.current = { onChange, onRun };
  });

  useEffect(() => {
    if (!holder.current) return;
    const promql = new PromQLExtension()
      .activateCompletion(true)
      .activateLinter(true)
      .setComplete({ remote: { url: PROMETHEUS_PATH, fetchFn: fetchWithKey } });
    const run = () => {
      handlers.current.onRun();
      return true;
    };
    const made = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          history(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          syntaxHighlighting(highlight),
          look,
          EditorView.lineWrapping,
          placeholder('PromQL, for example: sum by (service) (rate(http_requests_total[5m]))'),
          EditorView.contentAttributes.of({ 'aria-label': label, 'data-testid': 'promql' }),
          promql.asExtension(),
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            { key: 'Shift-Enter', run: insertNewlineAndIndent },
            { key: 'Mod-Enter', run },
            { key: 'Enter', run },
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          Prec.lowest(
            keymap.of([
              {
                key: 'Escape',
                run: (self) => {
                  self.contentDOM.blur();
                  return true;
                },
              },
            ]),
          ),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label]);

  return <div ref={holder} />;
}
