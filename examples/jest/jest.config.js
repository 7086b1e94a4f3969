// Nothing here has to be compiled; without this, jest would do it to the broker too, which lies outside of node_modules in this repository.
module.exports = { testEnvironment: 'node', transform: {} }
