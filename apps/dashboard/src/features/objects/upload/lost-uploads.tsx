import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ChangeEvent, useRef, useState } from 'react';
import type { UploadManager } from './upload-manager.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';

interface LostUploadsProps {
  readonly manager: UploadManager;
  readonly count: number;
  readonly ids: readonly string[];
}

/** Asks again for the files of uploads whose page was left: a page cannot keep a file, only where storage is with it. */
export function LostUploads({ manager, count, ids }: LostUploadsProps) {
  const t = useMessages().uploads;
  const input = useRef<HTMLInputElement>(null);
  const [noneFound, setNoneFound] = useState(false);
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    // So that picking the same file again is a change again.
    event.target.value = '';
    if (files.length > 0) setNoneFound(manager.find(files) === 0);
  };
  return (
    <Box sx={{ p: 4, borderTop: 1, borderColor: 'divider', display: 'grid', gap: 2 }}>
      <Typography variant="body2" role={noneFound ? 'alert' : undefined}>
        {noneFound ? t.noneOfThese : t.leftPage(count)}
      </Typography>
      <input ref={input} type="file" multiple hidden aria-label={t.interrupted} onChange={onChange} />
      <Box sx={{ display: 'flex', gap: 2, justifyContent: 'flex-end' }}>
        <Button size="small" color="inherit" onClick={() => manager.cancel(ids)}>
          {t.giveUp}
        </Button>
        <Button size="small" variant="contained" onClick={() => input.current?.click()}>
          {t.choose(count)}
        </Button>
      </Box>
    </Box>
  );
}
