import ChevronIcon from '@mui/icons-material/ChevronRightOutlined';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { createLink } from '@tanstack/react-router';
import { useMessages } from '../../messages/locale-provider.tsx';
import { crumbsOf } from './paths.ts';

const RouteLink = createLink(Link);

/** The way from the list of buckets to this folder. */
export function PathCrumbs({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }) {
  const t = useMessages().objects;
  const crumbs = [{ name: bucket, prefix: '' }, ...crumbsOf(prefix)];
  return (
    <Box component="nav" aria-label={t.path} sx={{ minWidth: 0, flex: '1 1 200px' }}>
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none', display: 'flex', flexWrap: 'wrap', alignItems: 'center', rowGap: 1 }}>
        <Box component="li" sx={{ display: 'flex' }}>
          <RouteLink to="/buckets" underline="hover" sx={{ color: 'text.secondary', fontSize: 13 }}>
            {t.buckets}
          </RouteLink>
        </Box>
        {crumbs.map((crumb, index) => {
          const here = index === crumbs.length - 1;
          return (
            <Box component="li" key={crumb.prefix} sx={{ display: 'flex', alignItems: 'center', minWidth: 0 }}>
              <ChevronIcon aria-hidden sx={{ fontSize: 16, color: 'text.disabled', mx: 1 }} />
              <RouteLink
                to="/buckets/$bucket"
                params={{ bucket }}
                search={({ view }) => ({ ...(crumb.prefix === '' ? {} : { prefix: crumb.prefix }), ...(view && { view }) })}
                aria-current={here ? 'page' : undefined}
                underline="hover"
                sx={{
                  color: here ? 'text.primary' : 'text.secondary',
                  fontWeight: here ? 600 : 400,
                  fontSize: 13,
                  overflowWrap: 'anywhere',
                }}
              >
                {crumb.name}
              </RouteLink>
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
