import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Choice, TypedField } from '../../ui/filter-fields.tsx';
import { type AuditFilter, OUTCOMES, parseAuditFilter, PERIODS } from './audit-filter.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

/** Narrows the trail; typing takes effect after a short pause. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseAuditFilter({ ...filter, ...part }));
  return (
    <Box
      component="section"
      aria-label="Filters"
      sx={{
        display: 'grid',
        gap: 3,
        mb: 5,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(5, minmax(0, 1fr)) auto' },
      }}
    >
      <TypedField label="Operation" value={filter.operation ?? ''} onChange={(operation) => set({ operation })} />
      <TypedField label="Resource" value={filter.resource ?? ''} onChange={(resource) => set({ resource })} />
      <TypedField label="Identity" value={filter.identity ?? ''} onChange={(identity) => set({ identity })} />
      <Choice
        label="Outcome"
        all="Any outcome"
        value={filter.outcome}
        options={Object.entries(OUTCOMES)}
        onChange={(outcome) => set({ outcome })}
      />
      <Choice
        label="Time"
        all="Any time"
        value={filter.within}
        options={Object.entries(PERIODS).map(([key, { label }]) => [key, label] as const)}
        onChange={(within) => set({ within })}
      />
      <Button color="inherit" onClick={() => onChange({})} disabled={Object.keys(filter).length === 0}>
        Clear
      </Button>
    </Box>
  );
}
