import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { Figure, WithOverview } from './figure.tsx';

/** How much is stored and how it grows. */
export function StoredWidget() {
  const t = useMessages().home;
  return (
    <WithOverview>
      {({ storage: { objects, bytes, bytesPerDay } }) => (
        <Figure
          value={formatBytes(bytes)}
          text={[
            objects === null ? t.notMeasured : t.objects(formatNumber(objects)),
            ...(bytesPerDay === null ? [] : [t.growth(signed(bytesPerDay))]),
          ].join(' · ')}
        />
      )}
    </WithOverview>
  );
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(Math.round(bytes)))}`;
}
