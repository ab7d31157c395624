/**
 * Scenarios in text files ({@code src/test/resources/scenarios}) and what runs them: each on a database of its own and each version of it; at the
 * end Tidemark proves its mirrors, and code that shares nothing with Tidemark compares them again.
 */
package io.tidemark.conformance;
