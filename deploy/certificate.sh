#!/bin/sh
# A certificate of our own making, where none was mounted: good for trying out, not for the public.
# Put your own tls.crt and tls.key into the volume `tls` and this does nothing.
set -eu
cd /tls
if [ -s tls.crt ] && [ -s tls.key ]; then
  echo "A certificate is there:"
else
  umask 027 # the front reads the key as a member of our group
  host=${PUBLIC_HOSTS%%,*}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
    -subj "/CN=$host" -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" \
    -keyout tls.key.new -out tls.crt.new
  chmod 640 tls.key.new
  mv tls.key.new tls.key
  mv tls.crt.new tls.crt
  echo "Made a certificate for $host. Browsers will warn about it:"
fi
openssl x509 -in tls.crt -noout -subject -enddate
