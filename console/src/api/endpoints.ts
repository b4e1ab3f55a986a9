import { z } from './zod';
import { request } from './http';

const Port = z.number().int().positive();
const Endpoints = z.object({ otlpHttpPort: Port, otlpGrpcPort: Port });
export type Endpoints = z.infer<typeof Endpoints>;

/** The ports of the gateway that agents send to. */
export function getEndpoints(signal?: AbortSignal): Promise<Endpoints> {
  return request('/api/v1/endpoints', Endpoints, { signal });
}
