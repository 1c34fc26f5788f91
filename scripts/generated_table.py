#!/usr/bin/env python3
"""Writes the read-only tables that the core searches: text as string literals, numbers as arrays."""
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTACT = ROOT / 'src/core/contact'


def npm_package(name, version, folder):
    """Downloads one pinned package of the npm registry, checked by npm against its integrity hash; returns its folder."""
    subprocess.run(['npm', 'pack', '--silent', f'{name}@{version}'], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = Path(folder) / f'{name}-{version}.tgz'
    with tarfile.open(archive) as tar:
        tar.extractall(Path(folder) / name, filter='data') if hasattr(tarfile, 'data_filter') else tar.extractall(
            Path(folder) / name)
    return Path(folder) / name / 'package'


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix='leadscore-generate-')


def to_ascii(domain):
    """The ASCII form of a domain that is already normalised, as lists publish them."""
    return '.'.join(label if label.isascii() else 'xn--' + label.encode('punycode').decode('ascii')
                    for label in domain.split('.'))


def hash_of_ending(key):
    """hash_byte in text_table.hpp, from the last byte to the first."""
    value = 0
    for byte in reversed(key.encode()):
        value = ((value ^ byte) * 0x9E3779B1) & 0xFFFFFFFF
    return value


def hash_of_key(key):
    """hash_key in text_table.hpp."""
    data = key.encode()
    return (int.from_bytes(data[-8:], 'little') + len(data)) * 0x9E3779B97F4A7C15 % 2**64 >> 32


def text_table(entries, hash_of, entries_per_bucket):
    """A map of strings to small numbers as (text, starts), see text_table.hpp, with about so many entries in a bucket."""
    bits = (len(entries) // entries_per_bucket).bit_length()
    buckets = [[] for _ in range(1 << bits)]
    for key, value in sorted(entries.items()):
        assert 0 < len(key.encode()) < 92 and 0 <= value < 92, key
        buckets[hash_of(key) >> (32 - bits)].append(chr(len(key.encode()) + 0x23) + chr(value + 0x23) + key)
    text, starts = '', [0]
    for bucket in buckets:
        text += ''.join(bucket)
        starts.append(len(text.encode()))
    return text, starts


def literal(text):
    """A string literal over several lines of at most 118 columns."""
    lines, line, width = [], '', 0
    for character in text:
        escaped = '\\' + character if character in '"\\?' else character
        if width + len(escaped) > 114:
            lines.append(line)
            line, width = '', 0
        line += escaped
        width += len(escaped)
    lines.append(line)
    return '\n'.join(f'"{line}"' for line in lines)


def numbers(values):
    lines, line = [], ''
    for value in values:
        item = f'{value},'
        if len(line) + len(item) > 118:
            lines.append(line)
            line = ''
        line += item
    lines.append(line)
    return '\n'.join(lines)


def write(name, first_line, notice, includes, body):
    """Writes a generated source file; the notice tells origin, version, licence and date."""
    header = ''.join(f'// {line}'.rstrip() + '\n' for line in [first_line, ''] + notice)
    include_lines = ''.join(f'#include "core/contact/{include}"\n' for include in includes)
    path = CONTACT / name
    path.write_text(f'{header}\n{include_lines}\nnamespace leadscore::contact {{\n\n// clang-format off\n\n{body}\n'
                    '// clang-format on\n\n}  // namespace leadscore::contact\n')
    print(f'{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes')
