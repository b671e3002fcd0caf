//! Both stores mean the same.
