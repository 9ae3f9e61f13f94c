import UploadIcon from '@mui/icons-material/CloudUploadOutlined';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { collectDropped, type PickedFile } from './upload/dropped-files.ts';

interface DropZoneProps {
  /** Where dropped files will go, in words. */
  readonly target: string;
  readonly onFiles: (files: readonly PickedFile[]) => void;
  readonly onError: (error: unknown) => void;
  readonly children: ReactNode;
}

/** Takes files and folders dropped anywhere on it. */
export function DropZone({ target, onFiles, onError, children }: DropZoneProps) {
  const t = useMessages().objects;
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const leave = (levels: number) => {
    depth.current = Math.max(0, depth.current - levels);
    setOver(depth.current > 0);
  };
  return (
    <Box
      data-testid="drop-zone"
      onDragEnter={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => {
        if (carriesFiles(event)) event.preventDefault();
      }}
      onDragLeave={(event) => carriesFiles(event) && leave(1)}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        leave(depth.current);
        collectDropped(event.dataTransfer).then(onFiles, onError);
      }}
      sx={{ flex: '1 1 auto', display: 'flex', flexDirection: 'column', minHeight: 0, position: 'relative' }}
    >
      {children}
      {over && (
        <Box
          sx={{
            position: 'absolute',
            inset: -8,
            zIndex: 5,
            display: 'grid',
            placeContent: 'center',
            justifyItems: 'center',
            gap: 2,
            borderRadius: 1.5,
            border: '2px dashed',
            borderColor: 'primary.main',
            bgcolor: (theme) => `color-mix(in srgb, ${theme.vars?.palette.background.paper ?? 'white'} 88%, transparent)`,
            backdropFilter: 'blur(4px)',
            pointerEvents: 'none',
          }}
        >
          <UploadIcon sx={{ fontSize: 36, color: 'primary.main' }} />
          <Typography variant="h2" component="p">
            {t.drop}
          </Typography>
          <Typography color="textSecondary">{target}</Typography>
        </Box>
      )}
    </Box>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes('Files');
}
