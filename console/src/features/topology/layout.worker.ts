import { layOut, type LayoutRequest } from './layout';

addEventListener('message', (event: MessageEvent<{ id: string; request: LayoutRequest }>) => {
  const { id, request } = event.data;
  postMessage({ id, positions: layOut(request) });
});
