/** Checks of the Helm chart and the images, without a cluster and without an engine. */
package io.aom.k8s;
