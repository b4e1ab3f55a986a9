package io.aom.alarm;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Base URLs of the services that this one asks. */
@ConfigurationProperties("aom.services")
record ServicesProperties(@DefaultValue("http://127.0.0.1:8082") URI metrics) {}
