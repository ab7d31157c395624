/**
 * Real servers without installation, each with its files in one folder: PostgreSQL, whose binaries come with the product and run as root or as an
 * ordinary user, and DynamoDB Local, whose jars are taken from Maven when they are needed.
 */
@NullMarked
package io.tidemark.workload.demo;

import org.jspecify.annotations.NullMarked;
