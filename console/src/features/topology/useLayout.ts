import { useEffect, useRef, useState } from 'react';
import type { LayoutRequest, Positions } from './layout';

/**
 * Positions for the nodes, computed beside the page. They stay as they are until the set of nodes or
 * edges changes, however often the figures on them do. Undefined until the first are there.
 */
export function useLayout(request: LayoutRequest | undefined): Positions | undefined {
  const worker = useRef<Worker>(null);
  const [answer, setAnswer] = useState<{ key: string; positions: Positions }>();
  const key = request ? JSON.stringify(request) : undefined;

  useEffect(() => {
    const made = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    worker.current = made;
    return () => {
      made.terminate();
      worker.current = null;
    };
  }, []);

  useEffect(() => {
    const { current } = worker;
    if (key === undefined || !current) return;
    const onMessage = (event: MessageEvent<{ id: string; positions: Positions }>) => {
      if (event.data.id === key) setAnswer({ key, positions: event.data.positions });
    };
    current.addEventListener('message', onMessage);
    current.postMessage({ id: key, request: JSON.parse(key) as LayoutRequest });
    return () => current.removeEventListener('message', onMessage);
  }, [key]);

  return answer?.positions;
}
