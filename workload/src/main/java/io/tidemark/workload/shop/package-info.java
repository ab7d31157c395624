/**
 * A shop as a realistic writer of items: customers, orders of which some are changed and deleted later, and optionally parcels with every type of
 * attribute. Load first, then run: the run changes loaded items and its own.
 */
@NullMarked
package io.tidemark.workload.shop;

import org.jspecify.annotations.NullMarked;
