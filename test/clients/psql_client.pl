# psql: its \gdesc tells the types, all values are text.
use strict;
use warnings FATAL => 'all';
use utf8;
use open qw(:std :encoding(UTF-8));
use Encode qw(decode encode);
use IPC::Run;
use POSIX qw(strftime);
use Time::Local qw(timegm);

my %kind_of_type = (text => 'text', boolean => 'boolean', date => 'date', 'timestamp with time zone' => 'instant', interval => 'span', jsonb => 'document', 'text[]' => 'list', 'double precision[]' => 'list',
	map { $_ => 'number' } qw(smallint integer bigint numeric), 'double precision');

# What psql prints for a script: lists of lines, parted by \echo ==, each line a list of values.
sub psql
{
	my ($script) = @_;
	IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-F', "\x1f", '-P', 'null=NULL', '-v', 'ON_ERROR_STOP=1' ], '<', \encode('UTF-8', $script), '>', \my $out) or die "psql failed\n";
	return map { [ map { [ split(/\x1f/, $_, -1) ] } split(/\n/) ] } split(/^==\n/m, decode('UTF-8', $out), -1);
}

sub instant
{
	my ($value) = @_;
	my ($year, $month, $day, $hour, $minute, $second, $fraction, $sign, $zone) = $value =~ /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?([+-])(\d+)$/ or return $value;
	return strftime('%Y-%m-%dT%H:%M:%S', gmtime(timegm($second, $minute, $hour, $day, $month - 1, $year) - "${sign}1" * $zone * 3600)) . '.' . substr(($fraction // '') . '000', 0, 3) . 'Z';
}

sub written
{
	my ($kind, $value) = @_;
	return $value if $value eq 'NULL';
	return $value eq 't' ? 'true' : 'false' if $kind eq 'boolean';
	return $value =~ s/(\.\d*?)0+$/$1/r =~ s/\.$//r if $kind eq 'number';
	return $kind eq 'instant' ? instant($value) : $value;
}

open(my $file, '<', $ARGV[0]) or die "$ARGV[0]: $!";
my (undef, @blocks) = split(/\n\n/, do { local $/; <$file> });
my ($script, @titles) = ('');
foreach my $block (@blocks)
{
	my ($title, $parameters, $statement) = $block =~ /^-- ([^\n]*)\n(?:-- ([^\n]*)\n)?(.*?)\n*$/s;
	push(@titles, $title);
	my @literals = map { my ($kind, $text) = split(/ /, $_, 2); $text = "{$text}" if $kind eq 'list'; "'" . $text =~ s/'/''/gr . "'" } split(/; /, $parameters // '');
	my $place = 0;
	$statement =~ s/\?/'$' . ++$place/ge;
	$script .= "PREPARE query AS $statement;\n$statement \\gdesc\n\\echo ==\nEXECUTE query" . (@literals ? '(' . join(', ', @literals) . ')' : '') . ";\n\\echo ==\nDEALLOCATE query;\n";
}
my @answers = psql($script);
foreach my $title (@titles)
{
	my ($columns, $rows) = splice(@answers, 0, 2);
	my @kinds = map { $kind_of_type{ $_->[1] =~ s{\(.*\)}{}r } // die "no kind for $_->[1]" } @$columns;
	print "# $title\n", join(' | ', map { "$columns->[$_][0] $kinds[$_]" } 0 .. $#kinds), "\n";
	foreach my $row (@$rows) { print join(' | ', map { written($kinds[$_], $row->[$_]) } 0 .. $#kinds), "\n" }
}

my ($views) = psql('\dv+ leadscore.*');
my @described = psql(join('', map { "\\d+ leadscore.$_->[1]\n\\echo ==\nSELECT * FROM (SELECT * FROM leadscore.$_->[1]) AS sample LIMIT 3;\n\\echo ==\n" } @$views));
foreach my $view (@$views)
{
	print "view $view->[1]: $view->[-1]\n";
	my ($columns, $sample) = splice(@described, 0, 2);
	foreach my $column (@$columns) { print "column $view->[1].$column->[0] ", $column->[1] =~ s/\(.*\)//r, ": $column->[-1]\n" }
	print "sample of $view->[1]: ", scalar @$sample, " rows\n";
}
