//! Commands that only choose among others.

/// The enum of a group's commands, each in a module of its own, with an `execute` that hands on
/// what each of them takes.
macro_rules! subcommands {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident($given:ident: $type:ty) {
        $($module:ident::$command:ident($($argument:ident),*),)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, clap::Subcommand)]
        $visibility enum $name {
            $($command($module::$command),)+
        }

        impl $name {
            pub async fn execute(
                self,
                $given: $type,
            ) -> Result<$crate::output::Output, ballast_relayer::failure::Failure> {
                match self {
                    $(Self::$command(command) => command.execute($($argument),*).await,)+
                }
            }
        }
    };
}
pub(crate) use subcommands;
