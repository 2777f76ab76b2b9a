//! The gate from outside: attacks, reference tables, random programmes with an attacker that works
//! in another way than the gate, what protection costs, and how long a large audit takes.

mod attacker;
mod attacks;
mod programmes;
mod reference;
mod scale;
mod table;
mod utility;
