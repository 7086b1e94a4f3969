/** Java's String.hashCode, which decides the partition of a group or transactional id (KafkaApis, Utils.abs). */
export const javaHash = (text: string): number => {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0
  return hash
}
