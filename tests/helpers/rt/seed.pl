# What the suite needs in a new Request Tracker; prints a token of each login.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my ( $bridge_password, $colleague_password ) = @ARGV;

sub checked {
    my ( $ok, $message ) = @_;
    die "$message\n" unless $ok;
    return $ok;
}

sub person {
    my ( $name, $password ) = @_;
    my $user = RT::User->new( RT->SystemUser );
    checked(
        $user->Create(
            Name         => $name,
            EmailAddress => "$name\@test.example",
            Password     => $password,
            Privileged   => 1,
        )
    );
    return $user;
}

sub grant {
    my ( $user, $object, @rights ) = @_;
    checked( $user->PrincipalObj->GrantRight( Right => $_, Object => $object ) ) for @rights;
}

my $queue = RT::Queue->new( RT->SystemUser );
checked( $queue->Load('General') );

# What docs/tickets.md asks for, and nothing else.
my $bridge = person( 'bridge', $bridge_password );
grant( $bridge, $queue, qw(SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket ModifyTicket) );

my $colleague = person( 'colleague', $colleague_password );
grant( $colleague, RT->System, 'SuperUser' );

for my $user ( $bridge, $colleague ) {
    my $token = RT::AuthToken->new( RT->SystemUser );
    my ( $ok, $message, $text ) = $token->Create( Owner => $user->Id, Description => 'suite' );
    checked( $ok, $message );
    print "$text\n";
}
