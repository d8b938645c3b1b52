// The way there. Addresses of map programs on the phone, not of web sites: they open without a line, and no map server
// learns where our residents live. Positions are kept as WGS-84; Amap is told so (dev=1) and shifts them itself.

const isApple = () => /iPhone|iPad|Macintosh/.test(navigator.userAgent);

/** Shape: [{word, href}]; empty where the home has no position. */
export function routes({ latitude, longitude, address }) {
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return [];
  const name = encodeURIComponent(address ?? "");
  const amap = isApple()
    ? `iosamap://path?sourceApplication=anling&dlat=${latitude}&dlon=${longitude}&dname=${name}&dev=1&t=2`
    : `amapuri://route/plan/?sourceApplication=anling&dlat=${latitude}&dlon=${longitude}&dname=${name}&dev=1&t=2`;
  const other = isApple() ? `maps://?daddr=${latitude},${longitude}&dirflg=w` : `geo:${latitude},${longitude}?q=${latitude},${longitude}(${name})`;
  return [{ word: "route_amap", href: amap }, { word: "route_other", href: other }];
}
