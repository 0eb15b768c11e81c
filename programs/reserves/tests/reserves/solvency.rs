//! solvency
