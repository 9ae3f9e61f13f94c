import Button from '@mui/material/Button';
import type { MaintenanceKind } from '@supastor/contract/wire/maintenance';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { AdoptedSection } from './adopted-section.tsx';
import { DamagedSection } from './damaged-section.tsx';
import { QuarantineSection } from './quarantine-section.tsx';
import { RunsSection } from './runs-section.tsx';
import { StartDialog } from './start-dialog.tsx';

/** Whether what is stored is whole: checks, what they found, what they moved out of the way. */
export function MaintenancePage() {
  const t = useMessages().maintenance;
  const [starting, setStarting] = useState<MaintenanceKind | null>(null);
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        <Button variant="outlined" color="inherit" onClick={() => setStarting('scrub')}>
          {t.start(t.kinds.scrub)}
        </Button>
        <Button variant="contained" onClick={() => setStarting('scan')}>
          {t.start(t.kinds.scan)}
        </Button>
      </PageHeader>
      <RunsSection />
      <DamagedSection />
      <QuarantineSection />
      <AdoptedSection onImport={() => setStarting('import')} />
      {starting && <StartDialog kind={starting} onClose={() => setStarting(null)} />}
    </>
  );
}
