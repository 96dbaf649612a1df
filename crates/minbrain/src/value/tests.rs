//! Values, edges and looks ahead, each against an oracle in double precision.

mod backup;
mod chain;
mod lived;
mod lookahead;
mod parts;
