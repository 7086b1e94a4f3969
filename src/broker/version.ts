/** Of the package. A test holds it against its description, which is not there to be read in every way of running. */
export const VERSION = '0.1.0'
