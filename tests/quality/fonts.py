"""The fonts that every page is looked at with, so that no result depends on the machine.

Georgia's licence lets nobody ship it. Gelasio has its metrics, letter for letter, but no Cyrillic; that comes from PT Serif,
which stands in for the next font of our styles, Times New Roman. Liberation Sans has the metrics of Helvetica and Arial.
"""

import struct
import zlib
from pathlib import Path
from string import Template

GELASIO = Path(__file__).parent / "node" / "node_modules" / "@fontsource" / "gelasio" / "files"
STYLES = ("400-normal", "400-italic", "700-normal", "700-italic")
SYSTEM = Path("/usr/share/fonts/truetype")
PT_SERIF, LIBERATION, DEJAVU = SYSTEM / "paratype", SYSTEM / "liberation", SYSTEM / "dejavu"

_CONFIGURATION = Template("""\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  $folders
  <cachedir>$folder/cache</cachedir>
  <match target="scan">
    <test name="family"><string>Gelasio</string></test>
    <edit name="family" mode="assign"><string>Georgia</string></edit>
  </match>
  <match target="scan">
    <test name="family"><string>PT Serif</string></test>
    <edit name="family" mode="assign"><string>Times New Roman</string></edit>
  </match>
  <match target="scan">
    <test name="family"><string>Liberation Sans</string></test>
    <edit name="family" mode="append"><string>Helvetica Neue</string><string>Helvetica</string><string>Arial</string></edit>
  </match>
  <alias><family>serif</family><prefer><family>Times New Roman</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
""")


def missing() -> list[str]:
    """The fonts that are not on this machine, by the packages that have them."""
    fonts = {"@fontsource/gelasio": GELASIO, "fonts-paratype": PT_SERIF, "fonts-liberation": LIBERATION}
    return [package for package, place in fonts.items() if not place.is_dir()]


def write_configuration(folder: Path) -> Path:
    """Write what fontconfig is told by FONTCONFIG_FILE: these fonts alone; DejaVu only for other scripts."""
    georgia = folder / "georgia"
    georgia.mkdir(parents=True)
    for style in STYLES:
        packed = (GELASIO / f"gelasio-latin-{style}.woff").read_bytes()
        (georgia / f"{style}.ttf").write_bytes(unpacked(packed))
    folders = "".join(f"<dir>{place}</dir>" for place in (georgia, PT_SERIF, LIBERATION, DEJAVU))
    file = folder / "fonts.conf"
    file.write_text(_CONFIGURATION.substitute(folders=folders, folder=folder))
    return file


def unpacked(woff: bytes) -> bytes:
    """The TrueType file in a WOFF file (W3C WOFF 1.0): Chromium takes fonts of the machine in no other form."""
    flavour, tables = woff[4:8], struct.unpack_from(">H", woff, 12)[0]
    power = tables.bit_length() - 1
    search = 16 << power
    head = flavour + struct.pack(">4H", tables, search, power, tables * 16 - search)
    directory, body, place = b"", b"", len(head) + tables * 16
    for number in range(tables):
        tag, start, packed, length, checksum = struct.unpack_from(">4s4I", woff, 44 + number * 20)
        table = woff[start : start + packed]
        if packed < length:
            table = zlib.decompress(table)
        directory += struct.pack(">4s3I", tag, checksum, place + len(body), length)
        body += table + bytes(-length % 4)
    return head + directory + body
