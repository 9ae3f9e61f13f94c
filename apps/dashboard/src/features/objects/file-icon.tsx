import ArchiveIcon from '@mui/icons-material/FolderZipOutlined';
import AudioIcon from '@mui/icons-material/AudiotrackOutlined';
import CodeIcon from '@mui/icons-material/CodeOutlined';
import FileIcon from '@mui/icons-material/InsertDriveFileOutlined';
import FolderIcon from '@mui/icons-material/FolderRounded';
import ImageIcon from '@mui/icons-material/ImageOutlined';
import TextIcon from '@mui/icons-material/DescriptionOutlined';
import VideoIcon from '@mui/icons-material/MovieOutlined';
import type { Row } from './rows.ts';

const BY_TYPE = [
  [/^image\//, ImageIcon],
  [/^video\//, VideoIcon],
  [/^audio\//, AudioIcon],
  [/zip|x-tar|gzip|x-7z|zstd|x-bzip/, ArchiveIcon],
  [/json|xml|javascript|typescript|yaml|toml|sql|html|css|wasm/, CodeIcon],
  [/^text\/|pdf|msword|officedocument|opendocument/, TextIcon],
] as const;

interface FileIconProps {
  readonly row: Row;
  readonly sizePx?: number;
}

/** Picture of a row's kind; decorative, since name and type say the same. */
export function FileIconFor({ row, sizePx = 20 }: FileIconProps) {
  const sx = { fontSize: sizePx, flex: 'none', color: row.kind === 'folder' ? 'primary.main' : 'text.secondary' };
  if (row.kind === 'folder') return <FolderIcon sx={sx} />;
  const type = row.object.mimeType ?? '';
  const [, Icon] = BY_TYPE.find(([pattern]) => pattern.test(type)) ?? [null, FileIcon];
  return <Icon sx={sx} />;
}
