import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useMessages } from '../../messages/locale-provider.tsx';
import { Line, Lines, Section } from '../../ui/section.tsx';
import { adoptedQuery } from './maintenance-queries.ts';

/** What a taken-over database has left in the store of Supabase Storage; nothing where none was taken over. */
export function AdoptedSection({ onImport }: { readonly onImport: () => void }) {
  const t = useMessages().maintenance;
  const { data } = useQuery(adoptedQuery);
  if (data === undefined || data.waiting + data.imported + data.failed === 0) return null;
  return (
    <Section
      title={t.adopted}
      action={
        data.isReachable &&
        data.waiting > 0 && (
          <Button variant="outlined" color="inherit" onClick={onImport}>
            {t.start(t.kinds.import)}
          </Button>
        )
      }
    >
      <Lines label={t.adopted}>
        <Line
          label={t.adopted}
          title={data.source ?? '–'}
          detail={data.isReachable ? t.adoptedText(data.waiting, data.imported) : t.unreachable}
          facts={data.failed > 0 ? t.importFailed(data.failed) : ''}
          action={null}
        />
        {data.failures.map(({ version, path, reason }) => (
          <Line key={version} label={path} title={path} detail={version} facts={reason} action={null} />
        ))}
      </Lines>
    </Section>
  );
}
