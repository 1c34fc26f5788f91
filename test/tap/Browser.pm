# A headless Chromium, driven over its debugging pipe: opens pages in windows of a given size, and tells what it finds there.
package Browser;

use strict;
use warnings FATAL => 'all';

use Fcntl qw(F_DUPFD);
use IO::Select;
use JSON::PP;
use MIME::Base64;
use POSIX ();

sub program
{
	foreach my $name (qw(chromium chromium-browser google-chrome))
	{
		my ($path) = grep { -x } map { "$_/$name" } split /:/, $ENV{PATH};
		return $path if $path;
	}
	return;
}

# Takes a folder for its profile.
sub start
{
	my ($class, $profile) = @_;
	pipe(my $commands_read, my $commands_write) or die "pipe: $!";
	pipe(my $answers_read, my $answers_write) or die "pipe: $!";
	my $pid = fork() // die "fork: $!";
	if (!$pid)
	{
		# Chromium reads from 3 and writes to 4; the ends of the pipes may lie there themselves.
		my ($in, $out) = map { fcntl($_, F_DUPFD, 10) // die "fcntl: $!" } ($commands_read, $answers_write);
		POSIX::dup2($in, 3);
		POSIX::dup2($out, 4);
		open STDERR, '>', "$profile/stderr";
		$ENV{HOME} = $profile;
		exec {program()} program(), '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars',
			'--disable-background-networking', "--user-data-dir=$profile", '--remote-debugging-pipe', 'about:blank'
			or POSIX::_exit(1);
	}
	close $commands_read;
	close $answers_write;
	$commands_write->autoflush(1);
	my $self = bless { pid => $pid, commands => $commands_write, answers => $answers_read, number => 0, buffer => '', events => [] }, $class;
	my $target = $self->call('Target.createTarget', { url => 'about:blank' })->{targetId};
	$self->{session} = $self->call('Target.attachToTarget', { targetId => $target, flatten => JSON::PP::true })->{sessionId};
	$self->call($_) foreach qw(Page.enable Runtime.enable Log.enable Network.enable);
	return $self;
}

sub stop
{
	my ($self) = @_;
	$self->call('Browser.close');
	waitpid $self->{pid}, 0;
	return;
}

# The next message of the browser; dies when none comes within a minute.
sub message
{
	my ($self) = @_;
	while (index($self->{buffer}, "\0") < 0)
	{
		die "the browser does not answer\n" unless IO::Select->new($self->{answers})->can_read(60);
		sysread($self->{answers}, $self->{buffer}, 1 << 16, length $self->{buffer}) or die "the browser has ended\n";
	}
	(my $message, $self->{buffer}) = split /\0/, $self->{buffer}, 2;
	return decode_json($message);
}

sub call
{
	my ($self, $method, $parameters) = @_;
	my $id = ++$self->{number};
	print { $self->{commands} } encode_json({ id => $id, method => $method, params => $parameters // {}, $self->{session} ? (sessionId => $self->{session}) : () }), "\0";
	while (1)
	{
		my $message = $self->message;
		push @{ $self->{events} }, $message if $message->{method};
		next unless ($message->{id} // 0) == $id;
		die "$method: $message->{error}{message}\n" if $message->{error};
		return $message->{result};
	}
}

# Opens a page; returns what it complained of, and what it asked the network for besides itself.
sub open_page
{
	my ($self, $address, $width, $scheme, $medium) = @_;
	$self->call('Emulation.setDeviceMetricsOverride', { width => $width, height => 900, deviceScaleFactor => 1, mobile => $width < 800 ? JSON::PP::true : JSON::PP::false });
	$self->call('Emulation.setEmulatedMedia', { media => $medium // 'screen', features => [ { name => 'prefers-color-scheme', value => $scheme } ] });
	$self->{events} = [];
	$self->call('Page.navigate', { url => $address });
	push @{ $self->{events} }, $self->message until grep { $_->{method} eq 'Page.loadEventFired' } @{ $self->{events} };
	$self->value('1');
	return map { $_->{method} eq 'Log.entryAdded' ? $_->{params}{entry}{text} : $_->{method} =~ /^Runtime\.(?:exceptionThrown|consoleAPICalled)$/ ? $_->{method}
		: $_->{method} eq 'Network.requestWillBeSent' && $_->{params}{request}{url} ne $address ? $_->{params}{request}{url} : () } @{ $self->{events} };
}

sub value
{
	my ($self, $expression) = @_;
	return $self->call('Runtime.evaluate', { expression => $expression, returnByValue => JSON::PP::true })->{result}{value};
}

# Writes a picture of the page, of its upper part if a height is given.
sub screenshot
{
	my ($self, $file, $height) = @_;
	my $width = $self->value('innerWidth');
	my $clip = { x => 0, y => 0, width => $width, height => $height // $self->value('document.documentElement.scrollHeight'), scale => 1 };
	my $data = $self->call('Page.captureScreenshot', { format => 'png', captureBeyondViewport => JSON::PP::true, clip => $clip })->{data};
	open my $out, '>:raw', $file or die "$file: $!";
	print $out decode_base64($data);
	close $out;
	return;
}

1;
