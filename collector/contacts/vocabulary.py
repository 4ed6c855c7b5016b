"""The words of other systems: what help desks and telephone systems call fields, channels, states and times, in five languages."""

SAME_CHANNEL = {
    "call": "phone", "calls": "phone", "telephone": "phone", "voice": "phone", "voicemail": "phone", "callback": "phone",
    "mail": "email", "e-mail": "email", "live_chat": "chat", "livechat": "chat", "webchat": "chat", "web": "web_form",
    "form": "web_form", "contact_form": "web_form", "webform": "web_form", "text": "sms", "whatsapp": "messaging",
    "messenger": "messaging", "telegram": "messaging", "signal": "messaging", "facebook": "social", "instagram": "social",
    "twitter": "social", "x": "social", "chatbot": "bot", "portal": "web_form", "store": "in_person",
    "telefon": "phone", "anruf": "phone", "inbound_call": "phone", "phone_call": "phone", "phone_call_inbound": "phone", "appel": "phone",
    "téléphone": "phone", "telephone_call": "phone", "teléfono": "phone", "telefono": "phone", "telefone": "phone", "llamada": "phone",
    "ligação": "phone", "inbound": "phone", "aircall": "phone", "cti": "phone", "voice_call": "phone", "phone_-_inbound": "phone",
    "e-mail_(inbound)": "email", "correo": "email", "correo_electrónico": "email", "courriel": "email", "e_mail": "email", "mailbox": "email",
    "web_chat": "chat", "live_chat_widget": "chat", "messenger_chat": "chat", "chat_en_vivo": "chat", "conversation": "chat", "native_messaging":
    "messaging", "web_widget": "web_form", "webformular": "web_form", "kontaktformular": "web_form", "formulaire": "web_form",
    "formulario_web": "web_form", "formulário": "web_form", "self-service": "web_form", "self_service": "web_form", "help_center": "web_form",
    "web_service": "other", "api": "other", "mobile": "in_app", "mobile_sdk": "in_app", "app": "in_app", "twitter_dm": "social",
    "facebook_post": "social", "instagram_dm": "social", "soziale_medien": "social", "réseaux_sociaux": "social", "redes_sociales": "social",
    "brief": "other", "letter": "other", "fax": "other", "walk-in": "in_person", "tienda": "in_person", "filiale": "in_person",
}  # fmt: skip
"""Channels, as `plain` writes them, to ours."""

SAME_STATUS = {
    "resolved": "solved", "done": "solved", "completed": "solved", "complete": "solved", "fixed": "solved", "answered": "solved",
    "in_progress": "open", "work_in_progress": "open", "active": "open", "assigned": "open", "escalated": "open", "reopened": "open",
    "working": "open", "unassigned": "new", "created": "new", "waiting": "pending", "awaiting_reply": "pending", "snoozed": "on_hold",
    "waiting_on_customer": "pending", "waiting_for_customer": "pending", "waiting_on_contact": "pending", "waiting_on_us": "open",
    "waiting_on_third_party": "on_hold", "hold": "on_hold", "on_hold": "on_hold", "paused": "on_hold", "cancelled": "closed",
    "canceled": "closed", "archived": "closed", "deleted": "closed", "gelöst": "solved", "erledigt": "solved", "geschlossen": "closed",
    "offen": "open", "neu": "new", "in_bearbeitung": "open", "wartend": "pending", "résolu": "solved", "fermé": "closed", "clos": "closed",
    "ouvert": "open", "nouveau": "new", "en_cours": "open", "en_attente": "pending", "resuelto": "solved", "cerrado": "closed",
    "abierto": "open", "nuevo": "new", "en_curso": "open", "pendiente": "pending", "en_espera": "on_hold", "resolvido": "solved",
    "fechado": "closed", "aberto": "open", "novo": "new", "em_andamento": "open", "pendente": "pending",
}  # fmt: skip
"""What other systems call the states of a contact."""

NAMES: dict[str, str] = {
    "source_contact_id": "source_contact_id id ticket_id ticket_number ticket_no ticket case_id case_number case_no number key issue_key"
    " conversation_id contact_id interaction_id call_id record_id reference request_id incident_number sys_id vorgangsnummer ticketnummer"
    " fallnummer vorgang anfrage_id numero_de_ticket numero_ticket numero_du_ticket n_ticket id_du_ticket numero_de_caso id_do_ticket"
    " numero_do_chamado chamado protocolo id_ticket id_del_ticket conversation id_conversation ticket_#",
    "created_ts": "created_ts created_at created created_date created_time created_on creation_date creation_time date_created date_opened"
    " date_time_opened opened opened_at opened_on open_date date time timestamp start_time started_at conversation_start contact_date call_start"
    " received_at received initiated_at initiation_timestamp sys_created_on create_date createdate date_entered erstellt erstellt_am erstelldatum"
    " angelegt_am eroffnet eroffnet_am datum eingang eingegangen_am zeitpunkt anrufbeginn cree_le date_de_creation date_creation cree ouvert_le"
    " fecha_de_creacion creado creado_el fecha fecha_creacion data_de_criacao criado_em criado data data_de_abertura aberto_em conversation_created_at"
    " createdtime created_date_time hs_createdate date_heure",
    "updated_ts": "updated_ts updated_at updated last_updated last_modified last_modified_date modified modified_at last_update last_activity"
    " aktualisiert aktualisiert_am geandert_am letzte_anderung mis_a_jour_le date_de_mise_a_jour modifie_le actualizado actualizado_el"
    " ultima_actualizacion atualizado_em ultima_atualizacao sys_updated_on last_updated_date hs_lastmodifieddate",
    "channel": "channel channel_raw via ticket_channel contact_channel contact_type case_origin origin medium media_type source source_type"
    " communication_channel initial_channel kanal herkunft kontaktkanal medientyp canal origine canal_de_contact origen canal_de_contacto"
    " origem canal_de_contato initiation_method mediatype conversation_type typ_des_kanals ticket_form_channel hs_pipeline_channel via.channel"
    " source.type source_name",
    "contact_reason": "contact_reason reason reason_raw category subcategory topic issue_type ticket_type type case_reason disposition"
    " contact_driver call_reason problem_type wrap_up_code wrapup kategorie grund kontaktgrund thema anliegen betreffkategorie categorie motif"
    " raison sujet_principal motivo categoria razon tema motivo_de_contacto motivo_do_contato assunto_principal type_de_ticket hs_ticket_category"
    " fault_category",
    "status": "status state ticket_status case_status ticket_state stand zustand bearbeitungsstand statut etat estado situacao situacion"
    " hs_pipeline_stage conversation_state incident_state",
    "subject": "subject title summary short_description betreff titel sujet objet asunto titulo assunto descricao_curta kurzbeschreibung",
    "requester_id": "requester_id customer_id customer user_id requester requester_email contact_email email from client_id account_id caller"
    " caller_id end_user kunde kundennummer kunden_id anfragesteller anrufer client demandeur id_client cliente id_cliente solicitante"
    " id_do_cliente requester.id contact.id customer_email",
    "resolved_ts": "resolved_ts resolved_at resolved closed_at closed date_closed close_date solved_at solved date_time_closed resolution_date"
    " gelost_am geschlossen_am geschlossen abgeschlossen_am resolu_le cloture_le date_de_cloture resuelto_el cerrado_el fecha_de_cierre"
    " resolvido_em fechado_em data_de_fechamento closed_date hs_closed_date",
    "first_reply_ts": "first_reply_ts first_reply_at first_response_at first_response_time first_responded_at initially_assigned_first_reply"
    " erste_antwort premiere_reponse_le primera_respuesta primeira_resposta",
    "tags": "tags labels tag stichworte schlagworte etiquettes etiquetas marcadores",
    "queue": "queue group team group_name queue_name assignment_group department skill warteschlange gruppe abteilung file_d_attente groupe"
    " equipe cola grupo equipo fila",
    "product": "product product_name produkt produit producto produto",
    "priority": "priority severity prioritat dringlichkeit priorite prioridad prioridade",
    "language": "language locale sprache langue idioma",
    "country": "country land pays pais",
    "direction": "direction richtung call_direction sens direccion direcao",
    "session_ref": "session_ref snag_ref snagwatch_ref",
    "page_group": "page_group",
    "first_reply_s": "first_reply_s", "escalated": "escalated eskaliert", "reopens": "reopens reopen_count reopened_count",
    "agent_replies": "agent_replies replies", "transfers": "transfers", "case_id": "case_id parent_case", "is_deleted": "is_deleted deleted",
    "abandoned_ts": "abandoned_ts abandoned_at", "first_answered_ts": "first_answered_ts answered_at", "handled_by": "handled_by",
    "created_by": "created_by",
}  # fmt: skip
"""By our field, the names that help desks, telephone systems and people give it; the likeliest first."""

FORMS = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M:%S", "%d.%m.%Y, %H:%M", "%d.%m.%y %H:%M", "%d.%m.%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y, %I:%M %p", "%m/%d/%Y, %I:%M:%S %p",
    "%m/%d/%y %H:%M", "%m/%d/%y %I:%M %p", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y, %H:%M", "%d/%m/%Y, %H:%M:%S", "%d/%m/%Y %I:%M %p", "%d/%m/%y %H:%M", "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M", "%d-%m-%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%b %d, %Y %I:%M %p", "%b %d, %Y, %I:%M %p", "%b %d, %Y %H:%M", "%b %d, %Y %I:%M:%S %p",
    "%B %d, %Y %I:%M %p", "%B %d, %Y at %I:%M %p", "%B %d, %Y %H:%M", "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y %I:%M %p", "%d %B %Y %H:%M",
    "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%y %I.%M.%S %p", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d %H%M", "%a %b %d %H:%M:%S %Y",
    "%d/%b/%Y:%H:%M:%S", "%d/%b/%y %I:%M %p", "%d.%m.%Y %H.%M", "%d/%m/%Y %Hh%M", "%d %B %Y", "%d. %B %Y", "%d. %B %Y %H:%M", "%d. %b %Y", "%b %d, %Y",
)  # fmt: skip
"""How programs write times without ISO 8601, as of strptime."""

ZONES = {"UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00",
          "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "CET": "+01:00", "CEST": "+02:00", "BST": "+01:00",
          "MEZ": "+01:00", "MESZ": "+02:00"}  # fmt: skip
"""Names of zones that stand behind a time."""

MONTHS = {
    "januar": "january", "janner": "january", "februar": "february", "marz": "march", "mai": "may", "juni": "june", "juli": "july",
    "oktober": "october", "dezember": "december", "dez": "dec", "okt": "oct", "mrz": "mar", "janvier": "january", "fevrier": "february",
    "mars": "march", "avril": "april", "juin": "june", "juillet": "july", "aout": "august", "septembre": "september", "octobre": "october",
    "novembre": "november", "decembre": "december", "enero": "january", "febrero": "february", "marzo": "march", "abril": "april",
    "mayo": "may", "junio": "june", "julio": "july", "agosto": "august", "septiembre": "september", "octubre": "october",
    "noviembre": "november", "diciembre": "december", "janeiro": "january", "fevereiro": "february", "marco": "march", "maio": "may",
    "junho": "june", "julho": "july", "setembro": "september", "outubro": "october", "novembro": "november", "dezembro": "december",
}  # fmt: skip
"""Months without accents, to English."""
