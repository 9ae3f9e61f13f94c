import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { schemasQuery } from './database-queries.ts';
import { GrantsSection } from './grants-section.tsx';
import { RolesSection } from './roles-section.tsx';
import { TablesSection } from './tables-section.tsx';

const route = getRouteApi('/signed-in/database');
const DEFAULT_SCHEMA = 'storage';

/** What is in the database, as postgres-meta tells it. */
export function DatabasePage() {
  const t = useMessages().database;
  const schemas = useQuery(schemasQuery);
  const { schema = DEFAULT_SCHEMA } = route.useSearch();
  const navigate = route.useNavigate();
  const names = schemas.data?.schemas.map(({ name }) => name) ?? [];
  // A schema named in the address stays chosen while the list is on its way.
  const choices = names.includes(schema) ? names : [...names, schema];
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        <TextField
          select
          label={t.schema}
          value={schema}
          onChange={(event) => void navigate({ search: { schema: event.target.value }, replace: true })}
          sx={{ width: 200 }}
        >
          {choices.map((name) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      </PageHeader>
      {schemas.error && !schemas.data && <ErrorNotice error={schemas.error} onRetry={() => void schemas.refetch()} />}
      <TablesSection schema={schema} />
      <GrantsSection schema={schema} />
      <RolesSection />
    </>
  );
}
