/** Keyboard: which key presses are commands and which are typing. */

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Focuses the view's search field: the element marked `data-search`, or the editor in it. */
export function focusSearch(): boolean {
  const marked = document.querySelector<HTMLElement>('[data-search]');
  const field = marked?.matches('input, textarea')
    ? marked
    : marked?.querySelector<HTMLElement>('input, textarea, [contenteditable="true"]');
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
  return field !== undefined && field !== null;
}
