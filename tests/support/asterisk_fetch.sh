#!/bin/sh -e
# usage: asterisk_fetch.sh DIR name=version …   unpacks a real Asterisk of suite sid under DIR/tree, beside the system:
# nothing is installed, and the system's own sources stay as they are. Ends with 3 where the archive or a package in it
# cannot be had; any other failure is a fault of this script or of what was fetched.
A=$(realpath -m "$1"); shift
mkdir -p "$A/lists/partial" "$A/cache/archives/partial" "$A/debs" "$A/tree"
suite=$(. /etc/os-release; echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Identifier: Packages' | awk -v s="$suite" '$1 == s {print $2; exit}')
test -n "$mirror" || exit 3
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.pgp] $mirror sid main" > "$A/sources.list"
printf 'Package: *\nPin: release n=sid\nPin-Priority: 100\n' > "$A/preferences"
cat > "$A/apt.conf" <<CONF
Dir::State::lists "$A/lists";
Dir::Cache "$A/cache";
Dir::Etc::sourcelist "$A/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "$A/preferences";
Dir::Etc::preferencesparts "/dev/null";
APT::Get::List-Cleanup "0";
APT::Sandbox::User "$(id -un)";
CONF
apt-get -qq -c "$A/apt.conf" update || exit 3
cd "$A/debs"; rm -f ./*.deb
for p in "$@"; do      # a version that sid no longer has is taken as it is now, and said
  apt-get -qq -c "$A/apt.conf" download "$p" || { echo "gone: $p, taking the current one"; apt-get -qq -c "$A/apt.conf" download "${p%%=*}" || exit 3; }
done
for d in ./*.deb; do dpkg -x "$d" "$A/tree"; done
ln -sfn en_US_f_Allison "$A/tree/usr/share/asterisk/sounds/en"
LD_LIBRARY_PATH=$(echo "$A"/tree/usr/lib/*-linux-gnu) "$A/tree/usr/sbin/asterisk" -V
