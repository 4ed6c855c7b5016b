-- One row: the id of an annotation of the kind {kind:String}, deleted ones too.
SELECT annotation_id FROM snag_experience.annotations WHERE kind = {kind:String} GROUP BY annotation_id
