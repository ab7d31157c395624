/** The whole product on real servers: every plug-in together. */
package io.tidemark.dist;
