import { entryOf } from '../config/node.ts';
import { textOf } from './compose-service.ts';
import type { ComposeSource } from './read-compose.ts';

/** Ports of the host that the services of a compose file listen on, ranges as their first one. */
export function publishedPorts({ services }: ComposeSource): readonly number[] {
  return services.flatMap(({ value }) => {
    const ports = entryOf(value, 'ports')?.value;
    return (ports?.kind === 'list' ? ports.items : []).flatMap((item) => {
      const long = textOf(entryOf(item, 'published')?.value);
      const parts = (textOf(item) ?? '').split('/')[0]?.split(':') ?? [];
      // `[host:]published:target`; a target alone is published somewhere.
      const text = long ?? (parts.length > 1 ? parts.at(-2) : undefined);
      const port = Number.parseInt(text ?? '', 10);
      return Number.isNaN(port) ? [] : [port];
    });
  });
}
