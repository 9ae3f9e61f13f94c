import { useMessages } from '../../messages/locale-provider.tsx';
import { Choice, FilterBar, TypedField } from '../../ui/filter-fields.tsx';
import { type AuditFilter, parseAuditFilter } from './audit-filter.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

/** Narrows the trail; typing takes effect after a short pause. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const t = useMessages().audit;
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseAuditFilter({ ...filter, ...part }));
  return (
    <FilterBar fields={5} isEmpty={Object.keys(filter).length === 0} onClear={() => onChange({})}>
      <TypedField label={t.operation} value={filter.operation ?? ''} onChange={(operation) => set({ operation })} />
      <TypedField label={t.resource} value={filter.resource ?? ''} onChange={(resource) => set({ resource })} />
      <TypedField label={t.identity} value={filter.identity ?? ''} onChange={(identity) => set({ identity })} />
      <Choice
        label={t.outcome}
        all={t.anyOutcome}
        value={filter.outcome}
        options={Object.entries(t.outcomes)}
        onChange={(outcome) => set({ outcome })}
      />
      <Choice
        label={t.time}
        all={t.anyTime}
        value={filter.within}
        options={Object.entries(t.periods)}
        onChange={(within) => set({ within })}
      />
    </FilterBar>
  );
}
