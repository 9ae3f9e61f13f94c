import { Choice, FilterBar, TypedField } from '../../ui/filter-fields.tsx';
import { type AuditFilter, OUTCOMES, parseAuditFilter, PERIODS } from './audit-filter.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

/** Narrows the trail; typing takes effect after a short pause. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseAuditFilter({ ...filter, ...part }));
  return (
    <FilterBar fields={5} isEmpty={Object.keys(filter).length === 0} onClear={() => onChange({})}>
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
    </FilterBar>
  );
}
