import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { settingsQuery } from '../../api/settings-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Choice, FilterBar, TypedField } from '../../ui/filter-fields.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LinesSkeleton } from '../../ui/section.tsx';
import { SettingDialog } from './setting-dialog.tsx';
import { bySection, filterSettings, parseSettingFilter, SOURCE_KINDS } from './setting-filter.ts';
import { SettingsTable } from './settings-table.tsx';

const route = getRouteApi('/signed-in/settings');

/** The configuration: what is in force, where it came from, and what of it can be changed. */
export function SettingsPage() {
  const t = useMessages().settings;
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(settingsQuery);
  const mayWrite = useQuery(heldPermissionsQuery).data?.includes('settings:write') === true;
  const [open, setOpen] = useState<string | null>(null);
  const set = (part: Readonly<Record<string, unknown>>) =>
    void navigate({ search: parseSettingFilter({ ...filter, ...part }), replace: true });
  const shown = filterSettings(list.data?.settings ?? [], filter);
  const opened = list.data?.settings.find(({ path }) => path === open);
  return (
    <>
      <PageHeader title={t.title} text={t.text} />
      {list.error && !list.data && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton />}
      {list.data && list.data.readOnly !== null && (
        <Alert severity="info" sx={{ mb: 5 }}>
          <AlertTitle>{t.readOnly}</AlertTitle>
          {list.data.readOnly}
        </Alert>
      )}
      {list.data && list.data.settings.length > 0 && (
        <FilterBar fields={2} isEmpty={Object.keys(filter).length === 0} onClear={() => void navigate({ search: {}, replace: true })}>
          <TypedField label={t.search} value={filter.q ?? ''} onChange={(q) => set({ q })} />
          <Choice
            label={t.source}
            all={t.anySource}
            value={filter.source}
            options={[['set', t.changedOnly], ...SOURCE_KINDS.map((kind) => [kind, t.sources[kind]] as const)]}
            onChange={(source) => set({ source })}
          />
        </FilterBar>
      )}
      {list.data && list.data.settings.length > 0 && (
        <Typography color="textSecondary" role="status" sx={{ mb: 4 }}>
          {shown.length === 0 ? t.none : t.count(shown.length)}
        </Typography>
      )}
      {bySection(shown).map(([section, settings]) => (
        <SettingsTable key={section} section={section} settings={settings} mayWrite={mayWrite} onOpen={setOpen} />
      ))}
      {opened && (
        <SettingDialog key={opened.path} setting={opened} mayWrite={mayWrite} file={list.data?.file ?? ''} onClose={() => setOpen(null)} />
      )}
    </>
  );
}
