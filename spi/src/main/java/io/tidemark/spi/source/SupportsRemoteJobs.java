package io.tidemark.spi.source;

/**
 * A {@link SourceProvider} that is installed wherever jobs run that apply slices outside the pipeline's processes (on Spark): they read the same
 * configuration file, and cannot hold the section of a source against declarations that they do not have.
 */
public interface SupportsRemoteJobs {}
