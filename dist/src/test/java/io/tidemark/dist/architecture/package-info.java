/** Holds all modules to the rules of their boundaries and names. */
package io.tidemark.dist.architecture;
