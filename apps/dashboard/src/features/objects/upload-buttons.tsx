import FolderIcon from '@mui/icons-material/DriveFolderUploadOutlined';
import UploadIcon from '@mui/icons-material/FileUploadOutlined';
import Button from '@mui/material/Button';
import { type ChangeEvent, useRef } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { collectPicked, type PickedFile } from './upload/dropped-files.ts';

/** Asks for a folder instead of files; React's types do not know the attribute. */
const PICK_FOLDER = { webkitdirectory: '' };

/** Buttons that open the system's file and folder pickers. */
export function UploadButtons({ onFiles }: { readonly onFiles: (files: readonly PickedFile[]) => void }) {
  const t = useMessages().objects;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    const picked = collectPicked(event.target.files ?? []);
    // So that picking the same file again is a change again.
    event.target.value = '';
    if (picked.length > 0) onFiles(picked);
  };
  return (
    <>
      <input ref={files} type="file" multiple hidden aria-label={t.filesToUpload} onChange={onChange} />
      <input ref={folder} type="file" {...PICK_FOLDER} hidden aria-label={t.folderToUpload} onChange={onChange} />
      <Button variant="outlined" color="inherit" startIcon={<FolderIcon />} onClick={() => folder.current?.click()}>
        {t.uploadFolder}
      </Button>
      <Button variant="contained" startIcon={<UploadIcon />} onClick={() => files.current?.click()}>
        {t.uploadFiles}
      </Button>
    </>
  );
}
