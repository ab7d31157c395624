/** Generates the reference pages of the documentation and holds them against what is checked in. */
package io.tidemark.dist.reference;
