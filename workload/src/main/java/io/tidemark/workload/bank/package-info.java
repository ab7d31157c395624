/**
 * A bank as a realistic writer: accounts, transactions of which some are changed and deleted later, and optionally statements with many column
 * types. Load first, then run: the run changes loaded rows and its own.
 */
@NullMarked
package io.tidemark.workload.bank;

import org.jspecify.annotations.NullMarked;
