-- How alike two texts are. They are compared as they are, letter by letter (code point by code point) in any script:
-- for names take name_normalize() first.
CREATE FUNCTION leadscore.levenshtein(a text, b text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_levenshtein';
COMMENT ON FUNCTION leadscore.levenshtein(text, text) IS
'The Levenshtein distance: how many letters must be inserted, deleted or changed to make one text the other. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.levenshtein(a text, b text, "limit" integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_levenshtein';
COMMENT ON FUNCTION leadscore.levenshtein(text, text, integer) IS
'The Levenshtein distance, or limit + 1 if it is greater than the limit, which is found out sooner. NULL if an argument is. Raises 22023 for a negative limit, 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.osa(a text, b text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_osa';
COMMENT ON FUNCTION leadscore.osa(text, text) IS
'The optimal string alignment distance, also called restricted Damerau-Levenshtein: as leadscore.levenshtein(), but two neighbours that have changed places are one edit. No part is edited twice, so it is 3 from ca to abc. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.osa(a text, b text, "limit" integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_osa';
COMMENT ON FUNCTION leadscore.osa(text, text, integer) IS
'The optimal string alignment distance, or limit + 1 if it is greater than the limit, which is found out sooner. NULL if an argument is. Raises 22023 for a negative limit, 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.jaro(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_jaro';
COMMENT ON FUNCTION leadscore.jaro(text, text) IS
'Jaro''s similarity of short texts such as names, 0 to 1: (c/|a| + c/|b| + (c - t/2)/c) / 3, c being the letters that match within half the length of the longer text and t those of them that are out of order. Two empty texts are alike (1), an empty and another are not (0). NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.jaro_winkler(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_jaro_winkler';
COMMENT ON FUNCTION leadscore.jaro_winkler(text, text) IS
'Jaro''s similarity with Winkler''s bonus for equal beginnings: where it is above 0.7, a tenth of what is missing to 1 is added for each of up to four letters that both begin with. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.token_set_similarity(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_token_set_similarity';
COMMENT ON FUNCTION leadscore.token_set_similarity(text, text) IS
'How alike two texts are as sets of words (parted by white space), in whatever order, 0 to 1, also called token set ratio: 1 if all words of one are in the other, else the best of three comparisons between the common words and these followed by the other words of either, each 2 * (longest common subsequence) / (both lengths). Two texts without words are alike. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.qgram_similarity(a text, b text, q integer DEFAULT 2) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_qgram_similarity';
COMMENT ON FUNCTION leadscore.qgram_similarity(text, text, integer) IS
'The part of q-grams (runs of q letters, with q - 1 marks before and behind the text) that two texts share, 0 to 1: twice the common ones by all, as multisets (Dice). Two empty texts are alike. NULL if an argument is. Raises 22023 unless q lies between 1 and 8, 54000 for texts of more than 1000000 letters.';
