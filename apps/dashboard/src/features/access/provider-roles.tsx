import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { SsoProviderView } from '@supastor/contract/wire/sso';
import { useMessages } from '../../messages/locale-provider.tsx';
import { TableFrame } from '../../ui/table-frame.tsx';

/** Which groups of a provider have which role here, and where. */
export function ProviderRoles({ provider: { groupClaim, roles } }: { readonly provider: SsoProviderView }) {
  const t = useMessages().access.sso;
  const title = t.groups(groupClaim);
  return (
    <Box>
      <Typography variant="h3" sx={{ mb: 2 }}>
        {title}
      </Typography>
      {roles.length === 0 && <Typography color="textSecondary">{t.noGroups}</Typography>}
      {roles.length > 0 && (
        <TableFrame label={title}>
          <TableHead>
            <TableRow>
              <TableCell>{t.group}</TableCell>
              <TableCell>{t.role}</TableCell>
              <TableCell>{t.place}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {roles.map(({ group, role, scope: { environment, bucket, prefix } }) => {
              const place = [environment, bucket, prefix].filter((part) => part !== undefined).join('/') || t.everything;
              return (
                <TableRow key={`${group} ${role} ${place}`}>
                  <TableCell>{group}</TableCell>
                  <TableCell>{role}</TableCell>
                  <TableCell>{place}</TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </TableFrame>
      )}
    </Box>
  );
}
