/** A UUID in the notation of src/pattern, either case: the shape many providers' keys have. */
export const UUID_PATTERN = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';
