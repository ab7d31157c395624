package io.tidemark.engine.config;

import io.tidemark.spi.config.Settings;

/**
 * The part of the configuration that belongs to a plug-in.
 *
 * @param type type of the plug-in
 * @param settings values, validated against the plug-in's declarations
 */
public record Section(String type, Settings settings) {}
